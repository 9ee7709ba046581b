"""Loads configurations with an installed Supervisor and tells what came of it.

Each line of standard input is a request in JSON: the file, the working
directory, the environment, the options of the command line. Each line of
standard output is the answer: the text of the error, or all that was read.
"""
import io
import json
import os
import sys

from supervisor.events import EventTypes
from supervisor.options import ClientOptions, ServerOptions


def realize(options, args):
    """Returns None, or what the program would have written to stderr."""
    options.stderr = io.StringIO()
    options.exit = sys.exit
    try:
        options.realize(args=args)
    except SystemExit:
        message, _, _ = options.stderr.getvalue().rpartition('\nFor help, use ')
        return message
    except Exception as error:  # an error that the program does not catch
        return 'Error: %s' % error
    return None


def word(value):
    """A value as JSON can carry it; classes stand for constants."""
    if isinstance(value, type):
        return value.__name__
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, (int, float)):
        return int(value)
    if isinstance(value, dict):
        return {k: word(v) for k, v in value.items()}
    return [word(v) for v in value]


def attributes(thing, leave_out):
    return {k: word(v) for k, v in vars(thing).items() if k not in leave_out}


EVENT_NAMES = {value: name for name, value in vars(EventTypes).items() if isinstance(value, type)}


def group(g):
    answer = attributes(g, ('options', 'process_configs', 'pool_events', 'result_handler', 'socket_config'))
    answer['kind'] = type(g).__name__
    if hasattr(g, 'pool_events'):
        answer['events'] = sorted(EVENT_NAMES[e] for e in g.pool_events)
    if hasattr(g, 'socket_config'):
        answer['socket'] = attributes(g.socket_config, ())
    answer['processes'] = [attributes(p, ('options',)) for p in g.process_configs]
    return answer


DAEMON = '''childlogdir directory identifier logfile logfile_backups logfile_maxbytes loglevel minfds minprocs
    nocleanup nodaemon pidfile silent strip_ansi uid umask'''.split()
CTL = 'serverurl username password prompt history_file'.split()


def answer(request):
    os.environ.clear()
    os.environ.update(request['env'])
    os.chdir(request['cwd'])
    options = ClientOptions() if request['ctl'] else ServerOptions()
    error = realize(options, ['-c', request['file']] + request['args'])
    if error is not None:
        return {'error': error}
    if request['ctl']:
        return {'ctl': {k: word(getattr(options, k)) for k in CTL}}
    return {
        'daemon': {k: word(getattr(options, k, None)) for k in DAEMON},
        'servers': [{k: word(v) for k, v in s.items()} for s in options.server_configs],
        'rpc': [name for name, factory, arguments in options.rpcinterface_factories],
        'groups': [group(g) for g in options.process_group_configs],
        'warnings': options.parse_warnings,
        'infos': options.parse_infos,
    }


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
