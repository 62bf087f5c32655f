#!/bin/sh
# Loads the files of a folder each night. In a crontab:
#   30 2 * * * /opt/loads/cron.sh /data/exports 5c8c3c555033b814b69f947f >> /var/log/aep-batch.log 2>&1
# The credential is in /etc/aep-batch.env (readable only by this user), as lines like AEP_SANDBOX=dev.
set -eu
folder=$1
dataset=$2

credential=${AEP_BATCH_ENV:-/etc/aep-batch.env}
if [ -r "$credential" ]; then
  set -a
  . "$credential"
  set +a
fi

status=0
# A second start loads nothing twice.
aep-batch ingest "$folder" --dataset "$dataset" --skip-loaded --log-format text --json || status=$?

case $status in
  0) ;;
  2) echo "nothing was sent" >&2 ;;
  3) echo "loaded, some rows were rejected: aep-batch errors <batchId>" >&2 ;;
  4) echo "a batch was not loaded: aep-batch errors <batchId> says why, and the next start loads it again" >&2 ;;
  *) echo "not finished: the next start looks at what was loaded; aep-batch resume --latest goes on now" >&2 ;;
esac
exit "$status"
