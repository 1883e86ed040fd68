#!/usr/bin/env bash
# Our engine beside wrk, both against the reference server's null endpoint (/json), over the loopback interface.
#
# wrk sends as fast as answers come; our engine sends when requests are due. So the two are not raced: wrk goes first
# and shows how much this server takes, then the engine offers shares of that rate, and what is compared is the CPU time
# of each per request. That flatters wrk: at its rate one wake-up serves several answers, while the engine is woken for
# almost every request, and gets punctuality for it. How punctual it was is printed as lag; wrk has no such figure.
#
# Beside a busy machine the figures mean little: the load average before the run is printed with them.
set -euo pipefail
cd "$(dirname "$0")/.."

PROFILE=${PROFILE:-dist}          # what is published and quoted; figures name their profile
SECONDS_EACH=${SECONDS_EACH:-5}   # of wrk, and of each share
CONNECTIONS=${CONNECTIONS:-64}    # of wrk; the engine opens as many as it needs
SHARES=${SHARES:-"25 50 75"}      # per cent of wrk's rate
START_WAIT=20                     # seconds that the server may take to say where it listens

command -v wrk >/dev/null || {
    echo "error: wrk is not installed" >&2
    echo "  hint: install it with the system's package manager (Debian: apt-get install wrk)" >&2
    exit 2
}

cargo build --locked --profile "$PROFILE" -p loadgen -p reference-server
target=$(cargo metadata --format-version 1 --no-deps --locked | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')
programs="$target/$([ "$PROFILE" = dev ] && echo debug || echo "$PROFILE")"

folder=$(mktemp -d)
server=
cleanup() {
    if [ -n "$server" ]; then
        kill "$server" 2>/dev/null || true
        wait "$server" 2>/dev/null || true
    fi
    rm -rf "$folder"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

# The server on one core and the generator on another, where there are two: neither is measured waiting for the other.
server_core=() generator_core=()
if command -v taskset >/dev/null && [ "$(nproc)" -ge 2 ]; then
    server_core=(taskset -c 0) generator_core=(taskset -c 1)
fi

mkfifo "$folder/listening"
"${server_core[@]}" "$programs/reference-server" --workers 1 serve --listen 127.0.0.1:0 \
    --database "$folder/forum.sqlite" --format json >"$folder/listening" &
server=$!
read -r -t "$START_WAIT" line <"$folder/listening" || { echo "error: the server said nothing" >&2; exit 2; }
address=$(sed 's/.*"listening":"\([^"]*\)".*/\1/' <<<"$line")

# The number in a JSON report that stands in a line with the last of these texts, each looked for after the one before.
number() {
    awk -v path="$2" 'BEGIN { n = split(path, text, "/"); at = 1 }
        index($0, text[at]) && at++ == n { gsub(/.*: |,/, ""); print; exit }' "$1"
}

uptime | sed 's/.*load average/load average/'
echo "profile $PROFILE, server on one thread at $address, $SECONDS_EACH s each"
echo

TIMEFORMAT='%U %S'
{ time "${generator_core[@]}" wrk -t1 -c"$CONNECTIONS" -d"${SECONDS_EACH}s" "http://$address/json" >"$folder/wrk"; } 2>"$folder/wrk.time"
wrk_requests=$(sed -n 's/^ *\([0-9]*\) requests in.*/\1/p' "$folder/wrk")
wrk_rate=$(sed -n 's/^Requests\/sec: *\([0-9.]*\)/\1/p' "$folder/wrk")
wrk_cpu=$(awk -v n="$wrk_requests" '{ printf "%.3f", ($1 + $2) / n * 1e6 }' "$folder/wrk.time")
# Spaced by hand: the shell counts bytes, and µ has two.
echo "                         requests/s    CPU µs each       of wrk's  lag p50 µs   lag p99 µs"
printf '%-22s %12.0f %14.2f %14s %12s %12s\n' "wrk, $CONNECTIONS connections" "$wrk_rate" "$wrk_cpu" "1.00" "-" "-"

for share in $SHARES; do
    rate=$(awk -v r="$wrk_rate" -v s="$share" 'BEGIN { printf "%.0f", r * s / 100 }')
    cat >"$folder/null.yaml" <<YAML
name: null-endpoint
target: http://$address
actions:
  hello: { total: $rate/s }
requests:
  hello: { GET: /json, check: status 200 }
YAML
    code=0
    "${generator_core[@]}" "$programs/loadgen" run "$folder/null.yaml" --rate "$rate" --duration "${SECONDS_EACH}s" --warmup 1s \
        --out "$folder/results" --format json --quiet >"$folder/report" || code=$?
    # 3: the generator says it was the limit. Its figures are printed all the same, and marked.
    [ "$code" = 0 ] || [ "$code" = 3 ] || { echo "error: loadgen ended with $code" >&2; exit 2; }
    awk -v share="$share" -v code="$code" -v wrk="$wrk_cpu" \
        -v rate="$(number "$folder/report" '"all":/"done_per_s":')" \
        -v cpu="$(number "$folder/report" '"generator":/"cpu_per_request_s":')" \
        -v p50="$(number "$folder/report" '"lag":/"q": 0.5,/"value_s":')" \
        -v p99="$(number "$folder/report" '"lag":/"q": 0.99,/"value_s":')" \
        'BEGIN { printf "%-22s %12.0f %14.2f %14.2f %12.1f %12.1f%s\n", "loadgen, " share " % of it", rate, cpu * 1e6,
                 cpu * 1e6 / wrk, p50 * 1e6, p99 * 1e6, code == 3 ? "  not valid: the generator was the limit" : "" }'
done
