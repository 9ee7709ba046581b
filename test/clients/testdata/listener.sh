# An event listener in shell. The shell counts characters in a UTF-8 locale, as
# Supervisor does, so it reads as many bytes as characters are missing until none is.
rejected=
while echo READY && read -r header; do
	length=${header##*len:}
	payload=
	missing=$length
	while [ "$missing" -gt 0 ]; do
		bytes=$(dd bs=1 count="$missing" 2>/dev/null; echo .)
		payload=$payload${bytes%.}
		missing=$((length - $(printf %s "$payload" | wc -m)))
	done
	printf '%s\n%s\n' "$header" "$payload" >>events
	case $rejected$payload in
	*'rejected once'*)
		[ -z "$rejected" ] && rejected=yes: && printf 'RESULT 4\nFAIL' && continue ;;
	esac
	printf 'RESULT 2\nOK'
done
