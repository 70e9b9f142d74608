"""Airflow as our own children: its database, its settings, a small supervisor, and what the commands ask of it.

Nothing here imports the package `airflow`: its parts run as processes of their own and are asked over HTTP.
"""
