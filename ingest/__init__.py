"""Ingest: raw files of the feeds into typed, traceable rows of schema `landing`."""
