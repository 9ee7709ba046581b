# An event listener in shell. The shell counts characters in a UTF-8 locale, as
# Supervisor does, so it reads the payload with head and no more than it may.
rejected=
while echo READY && read -r header; do
	length=${header##*len:}
	payload=
	while [ "$(printf %s "$payload" | wc -m)" -lt "$length" ]; do
		byte=$(dd bs=1 count=1 2>/dev/null; echo .)
		payload=$payload${byte%.}
	done
	printf '%s\n%s\n' "$header" "$payload" >>events
	case $rejected$payload in
	*'rejected once'*)
		[ -z "$rejected" ] && rejected=yes: && printf 'RESULT 4\nFAIL' && continue ;;
	esac
	printf 'RESULT 2\nOK'
done
