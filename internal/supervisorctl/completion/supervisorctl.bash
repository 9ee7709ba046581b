# Completion for supervisorctl in bash. The words are those that supervisorctl
# itself knows or has from the supervisord that the line talks to.

_supervisorctl() {
	local line=${COMP_LINE:0:COMP_POINT} current= prefix= word escaped
	local -a words
	read -r -a words <<<"$line"
	if [[ $line != *[[:space:]] ]]; then
		current=${words[${#words[@]}-1]}
		unset "words[${#words[@]}-1]"
	fi
	current=${current//[\\\"\']/}
	# readline replaces only what stands behind the last of these.
	[[ $current == *[:=]* ]] && prefix=${current%"${current##*[:=]}"}
	COMPREPLY=()
	while IFS=$'\t' read -r word _; do
		if [[ $word == :files ]]; then
			compopt -o filenames 2>/dev/null
			while IFS= read -r word; do
				COMPREPLY+=("$word")
			done < <(compgen -f -- "$current")
			return
		fi
		printf -v escaped %q "${word#"$prefix"}"
		COMPREPLY+=("$escaped")
	done < <("${words[0]}" completion --words "${words[@]:1}" "$current" 2>/dev/null)
}

complete -F _supervisorctl supervisorctl
