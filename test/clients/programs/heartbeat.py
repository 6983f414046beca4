"""One heartbeat by boto3, which knows nothing but its environment. Prints what it made of the answer."""
import os

# boto3 1.9 needs names that Python 3.10 removed.
import collections
import collections.abc

for name in ("Callable", "Iterable", "Mapping", "MutableMapping", "Sequence"):
    setattr(collections, name, getattr(collections.abc, name))

import boto3
from botocore.exceptions import BotoCoreError, ClientError

swf = boto3.client("swf", endpoint_url=os.environ.get("RELAY"))
try:
    answer = swf.record_activity_task_heartbeat(taskToken=os.environ["TASK_TOKEN"])
    print(str(answer["cancelRequested"]).lower())
except ClientError as fault:
    print(fault.response["Error"]["Code"])
except BotoCoreError as failure:
    print(failure)
