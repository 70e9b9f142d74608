#!/bin/sh
# One-shot service `init`: brings both databases to this version, then lets the reading roles log in. Safe to repeat.
set -eu
ipstat db migrate
ipstat db set-logins
exec python /opt/ipstat/deploy/run_airflow.py migrate
