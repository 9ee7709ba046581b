#compdef supervisorctl
# Completion for supervisorctl in zsh. The words are those that supervisorctl
# itself knows or has from the supervisord that the line talks to.

_supervisorctl() {
	local -a lines candidates shown
	local line
	lines=("${(@f)$("${words[1]}" completion --words "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}")
	if [[ $lines[1] == :files ]]; then
		_files
		return
	fi
	for line in $lines; do
		candidates+=("${line%%$'\t'*}")
		shown+=("${line/$'\t'/  -- }")
	done
	compadd -l -d shown -a candidates
}

# The file is the function itself when zsh has loaded it, and defines it when it
# is read by source.
if [[ $funcstack[1] == _supervisorctl ]]; then
	_supervisorctl "$@"
else
	compdef _supervisorctl supervisorctl
fi
