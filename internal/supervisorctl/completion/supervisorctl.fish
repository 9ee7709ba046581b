# Completion for supervisorctl in fish. The words are those that supervisorctl
# itself knows or has from the supervisord that the line talks to.

function __supervisorctl_words
	set -l before (commandline -opc)
	set -l current (commandline -ct)
	set -l lines ($before[1] completion --words $before[2..-1] "$current" 2>/dev/null)
	if test "$lines[1]" = :files
		__fish_complete_path "$current"
		return
	end
	printf '%s\n' $lines
end

complete -c supervisorctl -f -a '(__supervisorctl_words)'
