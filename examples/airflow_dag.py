"""Loads the export of each day with aep-batch. The credential is in the Airflow connection `aep_batch`."""

from datetime import datetime, timedelta

from airflow.decorators import dag
from airflow.operators.bash import BashOperator

CREDENTIAL = {
    "AEP_ORG_ID": "{{ conn.aep_batch.extra_dejson.org_id }}",
    "AEP_SANDBOX": "{{ conn.aep_batch.schema }}",
    "AEP_CLIENT_ID": "{{ conn.aep_batch.login }}",
    "AEP_CLIENT_SECRET": "{{ conn.aep_batch.password }}",
    "AEP_SCOPES": "{{ conn.aep_batch.extra_dejson.scopes }}",
}

# Exit code 3 is a success with rejected rows: `aep-batch errors <batchId>` lists them. A retry after any other code
# loads nothing twice, because --skip-loaded asks the platform first.
LOAD = """
status=0
aep-batch ingest "$FOLDER" --dataset "$DATASET" --skip-loaded --log-format text --json || status=$?
if [ "$status" -eq 3 ]; then exit 0; fi
exit "$status"
"""


@dag(
    schedule="30 2 * * *",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 3, "retry_delay": timedelta(minutes=10)},
)
def load_loyalty():
    BashOperator(
        task_id="load",
        bash_command=LOAD,
        env={
            **CREDENTIAL,
            "FOLDER": "/data/exports/{{ ds }}",
            "DATASET": "{{ var.value.aep_dataset }}",
        },
        append_env=True,
    )


load_loyalty()
