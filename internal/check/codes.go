package check

import "supervisor/internal/config"

// What is wrong although the daemon does not say so.
const (
	unknownSection   config.Code = "unknown-section"
	unknownKey       config.Code = "unknown-key"
	wrongSection     config.Code = "wrong-section"
	repeatedKey      config.Code = "repeated-key"
	repeatedSection  config.Code = "repeated-section"
	nestedInclude    config.Code = "nested-include"
	notInSupervisor  config.Code = "not-in-supervisor"
	quotedValue      config.Code = "quoted-value"
	commentCuts      config.Code = "comment-cuts"
	notExpanded      config.Code = "not-expanded"
	logfileWord      config.Code = "logfile-word"
	emptyCommand     config.Code = "empty-command"
	badCommand       config.Code = "bad-command"
	assignment       config.Code = "assignment-in-command"
	shellBuiltin     config.Code = "shell-builtin"
	shellSyntax      config.Code = "shell-syntax"
	inBackground     config.Code = "background"
	daemonizes       config.Code = "daemonizes"
	wrapper          config.Code = "wrapper"
	initScript       config.Code = "init-script"
	shellNoExec      config.Code = "shell-without-exec"
	missingProgram   config.Code = "missing-program"
	notExecutable    config.Code = "not-executable"
	badInterpreter   config.Code = "bad-interpreter"
	relativeProgram  config.Code = "relative-program"
	workingDirectory config.Code = "working-directory"
	restartLoop      config.Code = "restart-loop"
	successRestarts  config.Code = "success-restarts"
	failureExpected  config.Code = "failure-expected"
	exitcodesUnused  config.Code = "exitcodes-unused"
	killedAtOnce     config.Code = "killed-at-once"
	negativeNumber   config.Code = "negative-number"
	noProcesses      config.Code = "no-processes"
	deviceRotated    config.Code = "device-rotated"
	sharedLog        config.Code = "shared-log"
	logNotWritable   config.Code = "log-not-writable"
	twoGroups        config.Code = "program-in-two-groups"
	emptyGroup       config.Code = "empty-group"
	listenerNoEffect config.Code = "listener-no-effect"
	openPort         config.Code = "open-port"
	openSocket       config.Code = "open-socket"
	samplePassword   config.Code = "sample-password"
	readableSecret   config.Code = "readable-secret"
	socketDirectory  config.Code = "socket-directory"
	socketPath       config.Code = "socket-path-too-long"
	noRPCInterface   config.Code = "no-rpcinterface"
	noSupervisorctl  config.Code = "no-supervisorctl"
	otherServer      config.Code = "other-server"
	otherCredentials config.Code = "other-credentials"
	runsAsRoot       config.Code = "runs-as-root"
	cannotSwitchUser config.Code = "cannot-switch-user"
)

// CodeDoc says what a code stands for, in a few words.
type CodeDoc struct {
	Code     config.Code
	Severity Severity
	Meaning  string
}

// Codes is every code, in the order of docs/check.md.
func Codes() []CodeDoc {
	return []CodeDoc{
		{config.Unreadable, Error, "the file cannot be found or read"},
		{config.Encoding, Error, "the file is not UTF-8"},
		{config.Syntax, Error, "a line is neither a header nor an option"},
		{config.MissingSection, Error, "there is no [supervisord]"},
		{config.MissingKey, Error, "an option that must be there is not"},
		{config.BadValue, Error, "a value that is not allowed"},
		{config.BadExpansion, Error, "a % that stands for nothing"},
		{config.BadName, Error, "a name with a blank, a colon or a slash"},
		{config.MissingDir, Error, "a directory that does not exist"},
		{config.UnknownUser, Error, "a user that does not exist"},
		{config.UnknownEvent, Error, "an event that does not exist"},
		{config.UnknownProgram, Error, "a group names a program that does not exist"},
		{config.Ambiguous, Error, "a group names a program that exists twice"},
		{config.NoProcessNum, Error, "several processes would have the same name"},
		{config.StopGroups, Error, "stopasgroup without killasgroup"},
		{config.RedirectedEvent, Error, "a listener whose errors go where it speaks"},
		{config.HalfCredentials, Error, "a username without a password, or the reverse"},
		{config.PythonExtension, Error, "an extension in Python, which cannot be loaded"},
		{config.TooMany, Error, "too many processes or files"},
		{socketDirectory, Error, "the directory of a socket does not exist"},
		{socketPath, Error, "the path of a socket is too long"},

		{unknownSection, Warning, "a section that nobody reads"},
		{unknownKey, Warning, "an option that nobody reads"},
		{wrongSection, Warning, "an option of another section"},
		{repeatedKey, Warning, "an option that is given twice"},
		{repeatedSection, Warning, "a section that is in two places"},
		{config.IncludeNothing, Warning, "a pattern of files that matches nothing"},
		{config.IncludeUnread, Warning, "an included file that cannot be read"},
		{nestedInclude, Warning, "an [include] in an included file"},
		{quotedValue, Warning, "quotes that are part of the value"},
		{commentCuts, Warning, "a comment that begins where none is meant"},
		{notExpanded, Warning, "a $, ~ or * that stays as it is"},
		{logfileWord, Warning, "a word that is the name of a file here"},
		{emptyCommand, Warning, "a command that is empty"},
		{badCommand, Warning, "a command that cannot be split into words"},
		{assignment, Warning, "a command that begins with an assignment"},
		{shellBuiltin, Warning, "a command that only a shell has"},
		{shellSyntax, Warning, "operators of a shell where there is no shell"},
		{inBackground, Warning, "an & that would send a program to the background"},
		{daemonizes, Warning, "a program that goes to the background"},
		{wrapper, Warning, "a program that is started through another"},
		{initScript, Warning, "a service that something else supervises"},
		{shellNoExec, Warning, "a shell that keeps the signal to itself"},
		{missingProgram, Warning, "a program that does not exist"},
		{notExecutable, Warning, "a program that its user cannot run"},
		{badInterpreter, Warning, "a script without a working #! line"},
		{relativeProgram, Warning, "a program whose path depends on the daemon"},
		{workingDirectory, Warning, "a working directory that cannot be used"},
		{restartLoop, Warning, "a program that may be restarted without end or pause"},
		{successRestarts, Warning, "success counts as a failure"},
		{failureExpected, Warning, "failure counts as success"},
		{exitcodesUnused, Warning, "exitcodes have no effect"},
		{killedAtOnce, Warning, "no time to stop"},
		{negativeNumber, Warning, "a number below zero"},
		{noProcesses, Warning, "a program without processes"},
		{config.SameGroup, Warning, "two groups of one name"},
		{config.SameProcess, Warning, "two processes of one name"},
		{config.NoSocket, Warning, "a FastCGI program without its socket"},
		{twoGroups, Warning, "a program in two groups"},
		{emptyGroup, Warning, "a group without programs"},
		{config.SyslogAsFile, Warning, "an old way to ask for syslog"},
		{config.AutoUnbounded, Warning, "an automatic log that grows without end"},
		{config.StderrRedirected, Warning, "a log file that is not used"},
		{deviceRotated, Warning, "a device that would be rotated"},
		{sharedLog, Warning, "two programs that write to one log"},
		{logNotWritable, Warning, "a log that cannot be written"},
		{listenerNoEffect, Warning, "an option without effect on a listener"},
		{openPort, Warning, "a port without a password"},
		{openSocket, Warning, "a socket that everybody may use"},
		{samplePassword, Warning, "the password of the sample file"},
		{readableSecret, Warning, "a password that everybody may read"},
		{noRPCInterface, Warning, "a server that supervisorctl cannot talk to"},
		{otherServer, Warning, "supervisorctl talks to another server"},
		{otherCredentials, Warning, "supervisorctl has other credentials"},
		{cannotSwitchUser, Warning, "only root can become another user"},

		{noSupervisorctl, Note, "supervisorctl cannot use this file"},
		{runsAsRoot, Note, "the daemon runs as root"},
		{notInSupervisor, Note, "an option that Supervisor does not have"},
	}
}
