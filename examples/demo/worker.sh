# A worker that says what it does, and finishes its job when asked to stop.
trap 'echo "finishing job $job"; exit 0' TERM
job=0
echo "worker${1:+ $1} ready, pid $$"
while :; do
	job=$((job + 1))
	echo "job $job done"
	sleep 1
done
