// Takes a package for Supervisor's API through its methods and prints what they
// say: visit.js PACKAGE PORT SOCKET.
"use strict";

const [name, port, socket] = process.argv.slice(2);
let call;
if (name.startsWith("supervisord")) {
	const url = name === "supervisord" ? `http://user:pass@127.0.0.1:${port}` : `unix://${socket}`;
	const client = require("supervisord").connect(url);
	call = (method, args) =>
		new Promise((resolve, reject) => client[method](...args, (err, value) => (err ? reject(err) : resolve(value))));
} else {
	const { SupervisordClient } = require("node-supervisord");
	const client = new SupervisordClient(`http://127.0.0.1:${port}`, { username: "user", password: "pass" });
	call = (method, args) => client[method](...args);
}

const visits = [
	["getAPIVersion"], ["getVersion"], ["getIdentification"], ["getState"],
	["listMethods"], ["methodSignature", "supervisor.startProcess"], ["methodHelp", "nope"],
	["getAllProcessInfo"], ["getProcessInfo", "cat"], ["getProcessInfo", "nobody"],
	["startProcess", "idle"], ["startProcess", "idle"], ["startProcess", "nobody"], ["startProcess", "quick"],
	["stopProcess", "idle"], ["stopProcess", "idle"], ["startProcess", "idle", false], ["stopProcess", "idle"],
	["startProcessGroup", "pair"], ["signalProcessGroup", "pair", "CONT"], ["stopProcessGroup", "pair"], ["startProcessGroup", "nobody"],
	["signalProcess", "cat", "CONT"], ["signalProcess", "cat", "NONSENSE"], ["signalProcess", "idle", "HUP"],
	["readProcessStdoutLog", "talker", 0, 0], ["readProcessStderrLog", "talker", 0, 0], ["readProcessLog", "talker", -7, 0],
	["readProcessStdoutLog", "talker", -1, 1], ["readProcessStdoutLog", "nobody", 0, 0],
	["tailProcessStdoutLog", "talker", 0, 5], ["tailProcessStderrLog", "talker", 0, 100], ["tailProcessLog", "talker", 3, 100],
	["sendProcessStdin", "talker", "ünï\n"], ["sendProcessStdin", "idle", "x"], ["sendRemoteCommEvent", "type", "ünï <&>"],
	["clearProcessLog", "three"], ["clearProcessLogs", "nobody"],
	["addProcessGroup", "pair"], ["addProcessGroup", "nobody"], ["removeProcessGroup", "cat"], ["removeProcessGroup", "pair"],
	["addProcessGroup", "pair"], ["reloadConfig"],
	["multicall", [{ methodName: "supervisor.getState", params: [] }, { methodName: "supervisor.nope", params: [] }]],
	["stopAllProcesses"], ["getProcessInfo"], ["startProcess", 1, 2, 3],
];

// Which of several processes is down first is chance.
const ordered = (value) =>
	Array.isArray(value) && value[0]?.status ? value.sort((a, b) => (a.name < b.name ? -1 : 1)) : value;

// The methods that Supervisor lacks (DIF-051).
const ours = /^supervisor\.(getConfigDrift|getConfigSource|getExplanation|getOrphans|getProcessStats|upgrade|waitForChange)$/;
const known = (value) => (Array.isArray(value) ? value.filter((item) => !ours.test(item)) : value);

(async () => {
	for (const [method, ...args] of visits) {
		let said;
		try {
			said = JSON.stringify(ordered(known(await call(method, args))));
		} catch (err) {
			said = `${err.constructor.name} ${err.code ?? ""} ${err.faultCode ?? ""} ${err.faultString ?? err.message}`;
		}
		console.log(`${method}(${args.map((a) => JSON.stringify(a)).join(", ")}) ${said}`);
	}
	process.exit(0); // connections that are kept alive would keep it alive
})();
