#!/bin/sh
# Service `backup`: once a day at BACKUP_AT (hh:mm, UTC) a backup of database and archive, read again afterwards.
# `nightly_backup.sh now` makes one at once and ends with its exit code. The folder is IPSTAT_BACKUP_DIR.
set -eu

back_up() {
  ipstat backup create --wait --keep "${BACKUP_KEEP:-14}" && ipstat backup verify
}

if [ "${1:-}" = now ]; then
  back_up
  exit
fi

case "${BACKUP_AT:-}" in
  [0-2][0-9]:[0-5][0-9]) ;;
  *) echo "BACKUP_AT must be hh:mm (UTC), such as 18:30" >&2; exit 2 ;;
esac

# A stop of the container ends the pause at once.
pause=
trap '[ -z "$pause" ] || { kill "$pause" 2>/dev/null; wait "$pause" || true; }; exit 0' TERM INT
while true; do
  now=$(date -u +%s)
  next=$(date -u -d "$(date -u +%Y-%m-%d) ${BACKUP_AT}" +%s)
  [ "$next" -gt "$now" ] || next=$((next + 86400))
  sleep $((next - now)) &
  pause=$!
  wait "$pause"
  pause=
  back_up || echo "the backup failed: it is tried again tomorrow; until then the health check says so" >&2
done
