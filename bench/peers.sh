#!/usr/bin/env bash
# Our generator beside its peers: what a request costs, how fast one core can ask, how punctual requests leave, how much
# memory connections take, and how soon the first request is there.
#
# The target is `observer`, which answers 1 KiB and takes arrival times from the kernel; `minimal` is the floor, a generator
# of sockets, epoll and a clock. No figure is a tool's own: requests and their times are the observer's, processor time and
# memory the operating system's (all threads, user and system; VmHWM). Rounds are interleaved, and a ratio compares runs of
# one round, because a machine is not the same from one minute to the next. Tools that are not installed are skipped.
#
#   bench/peers.sh                       everything, some twelve minutes; text, and the same as Markdown below it
#   PHASES="closed paced" ROUNDS=1 ROWS=rows.tsv bench/peers.sh
#                                        one more round of two parts, added to those that the file has already
set -euo pipefail
cd "$(dirname "$0")/.."

ROUNDS=${ROUNDS:-5}
SECONDS_EACH=${SECONDS_EACH:-3} # that are looked at
PHASES=${PHASES:-"closed limited paced memory"}
PROFILE=${PROFILE:-dist}        # what is published and quoted; figures name their profile
BEFORE=2.5                      # seconds until a look: tools warm up, and users of goose come, within that
CONNECTIONS=64
RATES="1000 10000"
MANY="1000 5000"                # connections whose memory is looked at
WORK=40                         # microseconds of a request where the target is to be the limit

if [ "$(nproc)" -lt 2 ] || ! command -v taskset >/dev/null; then
    echo "error: the target and the generators need a core each" >&2
    echo "  hint: run it on a machine with two cores or more, with taskset (Debian: util-linux)" >&2
    exit 2
fi
cargo build --locked --profile "$PROFILE" -p loadgen --bin loadgen --example observer --example minimal
target=$(cargo metadata --format-version 1 --no-deps --locked | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')
programs="$target/$([ "$PROFILE" = dev ] && echo debug || echo "$PROFILE")"

folder=$(mktemp -d)
rows=${ROWS:-$folder/rows}
touch "$rows"
servers=()
cleanup() {
    for server in "${servers[@]}"; do
        kill "$server" 2>/dev/null || true
    done
    rm -rf "$folder"
}
trap cleanup EXIT
trap 'exit 130' INT TERM
ulimit -n "$(ulimit -Hn)"

# Starts an observer on the first core and prints where it listens.
observe() {
    local out="$folder/listening${1:-}"
    : >"$out" # it is there before the program that writes to it
    taskset -c 0 "$programs/examples/observer" "$@" >"$out" &
    servers+=($!)
    for _ in $(seq 100); do
        address=$(sed -n 's/listening //p' "$out")
        [ -z "$address" ] || return 0
        sleep 0.05
    done
    echo "error: the observer said nothing" >&2
    exit 2
}

# Asks the observer at $address for `begin`, `end` or `report`.
ask() {
    local name value length=0
    exec 3<>"/dev/tcp/${address%:*}/${address##*:}"
    printf 'GET /observer/%s HTTP/1.1\r\n\r\n' "$1" >&3
    while IFS=$' \r' read -r -u 3 name value _; do
        [ "$name" != Content-Length: ] || length=$value
        [ -n "$name" ] || break
    done
    head -c "$length" <&3
    exec 3>&-
}

# Each tool as a function that becomes it: connections or rate, and for how long.
loadgen() { # a line of `load:`, how long, arguments
    printf '%s\n' "name: bench" "target: http://$address" "actions: { hello: { total: 1/s } }" \
        "requests: { hello: { GET: /, check: status 200 } }" \
        "load: { arrivals: constant, warmup: 1 s, duration: $(($2 - 1)) s, $1 }" >"$folder/bench.yaml"
    exec "$programs/loadgen" run "$folder/bench.yaml" --out "$folder/results" --count-every-second --format json --quiet "${@:3}"
}
closed_minimal() { exec "$programs/examples/minimal" "$address" "$1" "$2"; }
closed_loadgen() { loadgen "model: connections" "$2" --connections "$1"; }
closed_goose() { loadgen "think: 0 s" "$2" --closed --users "$1"; }
closed_wrk() { exec wrk -t1 -c"$1" -d"$2s" "http://$address/"; }
closed_h2load() { exec h2load --h1 -t1 -c"$1" -D"$2" "http://$address/"; }
closed_ab() { exec ab -q -k -c "$1" -t "$2" -n 100000000 "http://$address/"; }
closed_oha() { exec oha --no-tui -c "$1" -z "$2s" "http://$address/"; }
paced_minimal() { exec "$programs/examples/minimal" "$address" "$CONNECTIONS" "$2" "$1"; }
paced_loadgen() { loadgen "rate: $1/s" "$2"; }
paced_h2load() { exec h2load --h1 -t1 -c50 --rps=$(($1 / 50)) -D"$2" "http://$address/"; }
paced_wrk2() { exec wrk2 -t1 -c"$CONNECTIONS" -R"$1" -d"$2s" "http://$address/"; }
paced_oha() { exec oha --no-tui -c "$CONNECTIONS" -q "$1" -z "$2s" "http://$address/"; }
closed="minimal loadgen wrk h2load ab oha goose"
limited="loadgen wrk h2load ab oha"
paced="minimal loadgen h2load wrk2 oha"

# goose is a mode of ours.
is_here() { [[ " loadgen minimal goose " == *" $1 "* ]] || command -v "$1" >/dev/null; }

# Nanoseconds that the threads of a process have run, user and system.
ran() { cat /proc/"$1"/task/*/schedstat 2>/dev/null | awk '{ sum += $1 } END { printf "%.0f", sum }'; }

# Runs a tool on the second core, looks at it from outside for a while, and adds a row.
look() { # phase, tool, connections or rate, round
    local requests=0 seconds=0 cpu_us=0 rate=0 p50_us=0 p99_us=0 p999_us=0 back_to_back=0 first_unix_s=0 second_unix_s=0
    local kind=$1 pid before after memory=0 high begun
    [ "$kind" = paced ] || kind=closed
    ask begin >/dev/null
    (
        taskset -cp 1 "$BASHPID" >/dev/null
        echo "$EPOCHREALTIME" >"$folder/begun"
        "${kind}_$2" "$3" $((SECONDS_EACH + 4))
    ) >"$folder/out" 2>&1 &
    pid=$!
    sleep "$BEFORE"
    eval "$(ask report | tr ' ' '=')"
    local first=$first_unix_s second=$second_unix_s
    begun=$(cat "$folder/begun")
    ask begin >/dev/null
    before=$(ran "$pid")
    sleep "$SECONDS_EACH"
    after=$(ran "$pid")
    ask end >/dev/null
    # Until its very end: reports take memory, too.
    while high=$(awk '$1 == "VmHWM:" { print $2 }' "/proc/$pid/status" 2>/dev/null) && [ -n "$high" ]; do
        memory=$high
        sleep 0.05
    done
    wait "$pid" || true
    eval "$(ask report | tr ' ' '=')"
    awk -v OFS='\t' -v row="$1 $2 $3 $4" -v n="$requests" -v s="$seconds" -v ran="$before $after" -v p="$p50_us $p99_us $p999_us" \
        -v memory="${memory:-0}" -v server="$cpu_us" -v rate="$rate" -v bunched="$back_to_back" -v at="$begun $first $second" 'BEGIN {
        split(row, r, " "); split(ran, cpu, " "); split(p, us, " "); split(at, t, " ")
        print r[1], r[2], r[3], r[4], n, (s > 0 ? n / s : 0), (cpu[2] - cpu[1]) / 1e3 / (n ? n : 1), server, rate, us[1], us[2], us[3],
              bunched, memory / 1024, (t[2] - t[1]) * 1e3, (t[3] - t[1]) * 1e3 }' >>"$rows"
    [ "$requests" != 0 ] || { echo "note: $2 sent nothing; it said:" >&2; head -5 "$folder/out" >&2; }
}

observe
plain=$address
observe --stamps
stamped=$address
observe --work "$WORK"
busy=$address

offset=$(awk '{ if ($4 > most) most = $4 } END { print most + 0 }' "$rows")
for round in $(seq $((offset + 1)) $((offset + ROUNDS))); do
    for phase in $PHASES; do
        case $phase in
        closed) tools=$closed loads=$CONNECTIONS address=$plain ;;
        limited) tools=$limited loads=$CONNECTIONS address=$busy ;;
        paced) tools=$paced loads=$RATES address=$stamped ;;
        # What it takes does not differ from round to round.
        memory) tools=$closed loads=$MANY address=$plain ; [ "$round" = $((offset + 1)) ] || continue ;;
        esac
        for load in $loads; do
            for tool in $tools; do
                is_here "$tool" && look "$phase" "$tool" "$load" "$round"
            done
        done
    done
done

# The rows as tables: medians, and the least and the most of the rounds in brackets.
tables() {
    awk -F'\t' -v OFS='\t' '
    function keep(name, value) { values[name] = values[name] " " value }
    function middle(name, digits,    list, n, i, j, swap) {
        n = split(values[name], list, " ")
        if (!n) return "-"
        for (i = 2; i <= n; i++) for (j = i; j > 1 && list[j] + 0 < list[j - 1] + 0; j--) { swap = list[j]; list[j] = list[j - 1]; list[j - 1] = swap }
        middle_of = n % 2 ? list[(n + 1) / 2] : (list[n / 2] + list[n / 2 + 1]) / 2
        if (n == 1) return sprintf("%.*f", digits, middle_of)
        return sprintf("%.*f (%.*f-%.*f)", digits, middle_of, digits, list[1], digits, list[n])
    }
    { key = $1 FS $2 FS $3; if (!(key in seen)) { seen[key] = 1; order[++count] = key }
      cost[$1, $2, $3, $4] = $7; speed[$1, $2, $3, $4] = $6; line[NR] = $0; p99[$1, $2, $3, $4] = $11 }
    END {
        for (number = 1; number <= NR; number++) {
            split(line[number], f, FS); key = f[1] FS f[2] FS f[3]
            keep(key "rate", f[6]); keep(key "cpu", f[7]); keep(key "server", f[8]); keep(key "paced", f[9]); keep(key "p50", f[10])
            keep(key "p99", f[11]); keep(key "close", f[13] * 100); keep(key "memory", f[14]); keep(key "first", f[15]); keep(key "second", f[16])
            if (cost[f[1], "wrk", f[3], f[4]] > 0) {
                keep(key "times", f[7] / cost[f[1], "wrk", f[3], f[4]]); keep(key "speed", f[6] / speed[f[1], "wrk", f[3], f[4]])
            }
            if (p99[f[1], "minimal", f[3], f[4]] > 0) keep(key "floor", f[11] / p99[f[1], "minimal", f[3], f[4]])
        }
        split("closed limited paced memory", phase, " ")
        for (p = 1; p <= 4; p++) {
            head = 0
            for (at = 1; at <= count; at++) {
                split(order[at], f, FS); key = order[at]
                if (f[1] != phase[p]) continue
                if (!head++) {
                    if (p == 1) print "# Closed: each of " f[3] " kept connections asks again as soon as it is answered", "", "", "", "", "", "", ""
                    if (p == 1) print "tool", "requests/s", "of wrk", "CPU us each", "of wrk", "server us each", "MiB", "first, second request ms"
                    if (p == 2) print "# The target is the limit: all should find the same", "", "", "", "", "", "", ""
                    if (p == 2) print "tool", "requests/s", "of wrk", "CPU us each", "of wrk", "server us each", "", ""
                    if (p == 3) print "# Paced: deviation from the evenly spaced schedule, as the kernel received requests", "", "", "", "", "", "", ""
                    if (p == 3) print "tool", "asked/s", "came/s", "p50 us", "p99 us", "of minimal", "back to back %", "CPU us each"
                    if (p == 4) print "# Many connections", "", "", "", "", "", "", ""
                    if (p == 4) print "tool", "connections", "MiB", "requests/s", "CPU us each", "first, second request ms", "", ""
                }
                if (p == 1) print f[2], middle(key "rate", 0), middle(key "speed", 2), middle(key "cpu", 2), middle(key "times", 2), middle(key "server", 2), middle(key "memory", 1), middle(key "first", 0) ", " middle(key "second", 0)
                if (p == 2) print f[2], middle(key "rate", 0), middle(key "speed", 3), middle(key "cpu", 2), middle(key "times", 2), middle(key "server", 2), "", ""
                if (p == 3) print f[2], f[3], middle(key "paced", 2), middle(key "p50", 1), middle(key "p99", 0), middle(key "floor", 2), middle(key "close", 2), middle(key "cpu", 2)
                if (p == 4) print f[2], f[3], middle(key "memory", 1), middle(key "rate", 0), middle(key "cpu", 2), middle(key "first", 0) ", " middle(key "second", 0), "", ""
            }
        }
    }' "$rows"
}
text() {
    awk -F'\t' '/^#/ { printf "\n%s\n", substr($1, 3); next }
        { for (i = 1; i <= NF; i++) printf(i == 1 ? "  %-10s" : "%26s", $i); print "" }'
}
in_markdown() {
    awk -F'\t' '/^#/ { printf "\n**%s**\n\n", substr($1, 3); head = 1; next }
        { row = "|"; rule = "|"; for (i = 1; i <= NF; i++) { row = row " " $i " |"; rule = rule (i == 1 ? " --- |" : " ---: |") }
          print row; if (head) print rule; head = 0 }'
}
version() {
    case $1 in
    wrk | wrk2) "$1" -v 2>&1 | head -1 | sed 's/ Copyright.*//' || true ;;
    ab) ab -V | sed -n 's/.*\(Version [0-9.]*\).*/ab \1/p' ;;
    *) "$1" --version 2>/dev/null | head -1 ;;
    esac
}

echo "$(date -u +%F) · $(sed -n 's/model name.*: //p' /proc/cpuinfo | head -1), $(nproc) cores · Linux $(uname -r) · $(uptime | sed 's/.*load average/load average/')"
echo "target on core 0, generator on core 1, loopback, 1 KiB answers · profile $PROFILE · $SECONDS_EACH s of each run looked at · median (least-most) of the rounds"
echo "$("$programs/loadgen" --version) (also as goose: its users without pauses)"
for tool in wrk wrk2 h2load ab oha; do
    if is_here "$tool"; then version "$tool"; else echo "$tool: not installed, skipped"; fi
done
tables | text
echo
tables | in_markdown
