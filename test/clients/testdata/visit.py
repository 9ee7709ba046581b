"""Calls a daemon by Python's own XML-RPC: visit.py tcp|socket PORT SOCKET."""

import sys
import xmlrpc.client

way, port, socket = sys.argv[1:]
if way == "tcp":
    server = xmlrpc.client.ServerProxy("http://user:pass@127.0.0.1:%s/RPC2" % port)
else:
    from supervisor.xmlrpc import SupervisorTransport

    server = xmlrpc.client.ServerProxy("http://127.0.0.1", transport=SupervisorTransport(None, None, "unix://" + socket))


def visit(method, *args):
    try:
        said = getattr(server, method)(*args)
    except xmlrpc.client.Fault as fault:
        said = "fault %d %s" % (fault.faultCode, fault.faultString)
    except xmlrpc.client.ProtocolError as error:
        said = "status %d %s" % (error.errcode, error.errmsg)
    if isinstance(said, list) and said and isinstance(said[0], dict) and "status" in said[0]:
        said.sort(key=lambda row: row["name"])  # which one is down first is chance
    print(method.rpartition(".")[2] + repr(args), repr(said))


for method, args in [
    ("getAPIVersion", ()), ("getState", ()), ("getAllProcessInfo", ()), ("getProcessInfo", ("three",)),
    ("startProcess", ("idle",)), ("startProcess", ("idle",)), ("stopProcess", ("idle",)), ("startProcess", ("quick",)),
    ("startProcess", ("nobody",)), ("startProcessGroup", ("pair",)), ("stopProcessGroup", ("pair",)),
    ("readProcessStderrLog", ("talker", 0, 0)), ("tailProcessStdoutLog", ("talker", 0, 5)), ("readLog", (0, 2)),
    ("sendProcessStdin", ("talker", "ünï\n")), ("sendProcessStdin", ("talker", 7)), ("signalProcess", ("cat", "CONT")),
    ("signalProcess", ("cat", 18)), ("reloadConfig", ()), ("getProcessInfo", ()), ("nonsense", ()), ("stopAllProcesses", ()),
]:
    visit("supervisor." + method, *args)
visit("system.methodSignature", "supervisor.startProcess")
visit("nonsense.getState")
visit("system.multicall", [{"methodName": "supervisor.getState", "params": []}, {"methodName": "nope", "params": []}])
