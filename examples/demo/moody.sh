# A program that works for a while, between ten and twenty-nine seconds, and
# then fails.
patience=$((10 + $$ % 20))
echo "fine for $patience seconds"
sleep "$patience"
echo "this is too much" >&2
exit 3
