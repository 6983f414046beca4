"""One heartbeat by boto 2, whose endpoints have no path. With an argument, a line of code gives the endpoint one."""
import os
import sys
from urllib.parse import urlparse

from boto.regioninfo import RegionInfo
from boto.swf.layer1 import Layer1

relay = urlparse(os.environ["RELAY"])
region = RegionInfo(name=os.environ["AWS_REGION"], endpoint=relay.hostname)
swf = Layer1(region=region, port=relay.port, is_secure=relay.scheme == "https")
# It would take both from the host's name, as it is with AWS's own hosts.
swf.auth_service_name = "swf"
swf.auth_region_name = region.name
if len(sys.argv) > 1:
    swf.path = relay.path
print(swf.record_activity_task_heartbeat(os.environ["TASK_TOKEN"]))
