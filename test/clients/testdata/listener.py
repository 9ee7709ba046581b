"""An event listener on Supervisor's module childutils, which also calls back."""

import os
import sys

from supervisor import childutils

rpc = childutils.getRPCInterface(os.environ)
rejected = False
while True:
    headers, payload = childutils.listener.wait(sys.stdin, sys.stdout)
    with open("events", "a") as out:
        print(sorted(headers.items()), file=out)
        if headers["eventname"].startswith("PROCESS_COMMUNICATION"):
            print(childutils.eventdata(payload), file=out)
        elif headers["eventname"].startswith("PROCESS_STATE"):
            print(sorted(childutils.get_headers(payload).items()), file=out)
            info = rpc.supervisor.getProcessInfo("cat")
            if headers["eventname"] == "PROCESS_STATE_EXITED":
                print("called back:", info["name"], info["statename"], file=out)
        else:
            print(payload, file=out)
    if "rejected once" in payload and not rejected:
        rejected = True
        childutils.listener.fail(sys.stdout)
    else:
        childutils.listener.ok(sys.stdout)
