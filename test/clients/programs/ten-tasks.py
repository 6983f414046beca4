"""Two heartbeats for each of ten tasks at once, by one boto3 client. Prints how many seconds the longest call took."""
import os
import time
from concurrent.futures import ThreadPoolExecutor

import boto3
from botocore.exceptions import ClientError

swf = boto3.client("swf", endpoint_url=os.environ["RELAY"])


def send(_task):
    began = time.monotonic()
    try:
        swf.record_activity_task_heartbeat(taskToken=os.environ["TASK_TOKEN"])
    except ClientError as fault:
        assert fault.response["Error"]["Code"] == "ThrottlingException", fault
    return time.monotonic() - began


def work(task):
    return max(send(task), send(task))


with ThreadPoolExecutor(10) as tasks:
    print(max(tasks.map(work, range(10))))
