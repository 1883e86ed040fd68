#!/usr/bin/env bash
# The reference server beside the least that could do the same: what a question page costs from a copy and from the database,
# how many writes a second are made durable, and whether a page takes longer in a forum a hundred times as large.
#
# `plain` is the floor: an axum handler that returns the same bytes with the same headers. The server is on one core, with
# all its layers on (limits too, set so high that nobody meets them), the generator on the other: wrk where requests come as
# fast as they are answered, loadgen where they come at a rate. Processor time is the operating system's, of all threads, user and system. Blocks
# are short and interleaved, and a ratio compares blocks of one round, because a machine is not the same from one minute to
# the next.
#
#   bench/server.sh                          everything but the large forum, some five minutes
#   LARGE=1000000 bench/server.sh            the large forum too; it takes some minutes and 5 GB to fill
#   PARTS="pages writes" ROUNDS=7 ROWS=rows.tsv bench/server.sh
#                                            seven more rounds of two parts, added to those that the file has already
set -euo pipefail
cd "$(dirname "$0")/.."

ROUNDS=${ROUNDS:-5}
SECONDS_EACH=${SECONDS_EACH:-2}
PARTS=${PARTS:-"pages writes sizes"}
PROFILE=${PROFILE:-release}
CONNECTIONS=16    # enough to keep one core busy, few enough that none waits long
QUESTIONS=10000   # of the forum that is read
PAGES=100         # questions that are read where pages are compared
WRITERS=64        # that wait for their writes at a time, as many as are served for each core
RATE=1000         # pages a second where their times are looked at: well below what a core can do
LARGE=${LARGE:-0} # questions of the large forum; 0 leaves it out
# Where databases are made; on a disk, not in memory, or writes that are durable cost nothing.
FOLDER=${FOLDER:-$PWD/target/bench}

if [ "$(nproc)" -lt 2 ] || ! command -v taskset >/dev/null; then
    echo "error: the server and the generator need a core each" >&2
    echo "  hint: run it on a machine with two cores or more, with taskset (Debian: util-linux)" >&2
    exit 2
fi
if ! command -v wrk >/dev/null; then
    echo "error: wrk is not installed, which asks as fast as it is answered" >&2
    echo "  hint: apt-get install wrk" >&2
    exit 2
fi
# Programs that were built before, in a folder as cargo makes it; else they are built.
if [ -z "${PROGRAMS:-}" ]; then
    cargo build --locked --profile "$PROFILE" -p reference-server --bin reference-server --example plain --example inserts
    [ "$LARGE" -eq 0 ] || cargo build --locked --profile "$PROFILE" -p loadgen --bin loadgen
    target=$(cargo metadata --format-version 1 --no-deps --locked | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')
    PROGRAMS="$target/$([ "$PROFILE" = dev ] && echo debug || echo "$PROFILE")"
fi

mkdir -p "$FOLDER"
folder=$(mktemp -d "$FOLDER/server-XXXXXX")
rows=${ROWS:-$folder/rows}
touch "$rows"
servers=()
cleanup() {
    for server in "${servers[@]}"; do
        kill "$server" 2>/dev/null || true
    done
    wait
    rm -rf "$folder"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

# Starts a program on the first core; leaves its process in $server and where it listens in $address.
start() {
    local out="$folder/listening"
    : >"$out"
    taskset -c 0 "$@" >"$out" &
    server=$!
    servers+=("$server")
    for _ in $(seq 600); do
        address=$(sed -n 's/.*listening \(on http:\/\/\)\{0,1\}\([0-9.:]*\).*/\2/p' "$out")
        [ -z "$address" ] || return 0
        sleep 0.05
    done
    echo "error: $1 did not say where it listens" >&2
    exit 2
}

# A forum on a database, with everything on; further switches as they are given.
most=1000000/s
forum() { # database, switches
    start "$PROGRAMS/reference-server" serve --listen 127.0.0.1:0 --database "$@" \
        --limit-read "$most" --limit-write "$most" --limit-vote "$most"
}

filled() { # database, questions
    "$PROGRAMS/reference-server" seed --database "$1" --questions "$2" --visitors 500 --visitors-file "$folder/visitors.csv" >&2
}

# Nanoseconds that the threads of a process have run, user and system.
ran() { cat /proc/"$1"/task/*/schedstat 2>/dev/null | awk '{ sum += $1 } END { printf "%.0f", sum }'; }

# Each of the next two loads $address from the second core and prints answers, answers a second, p50 and p99 in milliseconds,
# and the processor microseconds of the server for each answer.

# As fast as it is answered.
closed() { # process, connections, script
    local before after
    before=$(ran "$1")
    taskset -c 1 wrk -t1 -c"$2" -d"${SECONDS_EACH}s" --latency -s "$3" "http://$address/" >"$folder/said"
    after=$(ran "$1")
    awk -v ran="$before $after" '
        function ms(time) { return time ~ /us$/ ? time / 1000 : time ~ /ms$/ ? time + 0 : time * 1000 }
        $1 == "50%" { p50 = ms($2) } $1 == "99%" { p99 = ms($2) } / requests in / { good = $1 } /^Requests\/sec/ { rate = $2 }
        /Non-2xx/ { bad = $NF } /Socket errors/ { bad += $4 + $6 + $8 + $10 }
        END {
            if (bad > 0 || !good) { print "error: " bad + 0 " requests failed, " good + 0 " did not" >"/dev/stderr"; exit 2 }
            split(ran, cpu, " "); printf "%d\t%.1f\t%.3f\t%.3f\t%.2f\n", good, rate, p50, p99, (cpu[2] - cpu[1]) / 1e3 / good
        }' "$folder/said"
}

# At $RATE, from when it is due.
paced() { # process, how many questions
    local before after
    printf '%s\n' "name: bench" "target: http://$address" "actions: { page: { total: $RATE/s } }" \
        "visitors: { question: uniform 1..$2 }" "requests: { page: { GET: \"/questions/{question}\", check: status 200 } }" \
        "load: { rate: $RATE/s, warmup: 1 s, duration: $((SECONDS_EACH * 2)) s }" >"$folder/bench.yaml"
    before=$(ran "$1")
    taskset -c 1 "$PROGRAMS/loadgen" run "$folder/bench.yaml" --out "$folder/results" --count-every-second --format csv --quiet \
        >"$folder/report.csv" 2>"$folder/said" || [ $? -ne 2 ] || { cat "$folder/said" >&2; exit 2; }
    after=$(ran "$1")
    # The second of warm-up costs the server, and is not among the answers.
    awk -F, -v ran="$before $after" -v more="$RATE" '
        $3 == "all" && $4 == "response" { if ($5 == 0.5) p50 = $6; if ($5 == 0.99) p99 = $6; good = $12; rate = $15; bad = $13 }
        END {
            if (bad > 0 || !good) { print "error: " bad + 0 " requests failed, " good + 0 " did not" >"/dev/stderr"; exit 2 }
            split(ran, cpu, " "); printf "%d\t%.1f\t%.3f\t%.3f\t%.2f\n", good, rate, p50 * 1e3, p99 * 1e3, (cpu[2] - cpu[1]) / 1e3 / (good + more)
        }' "$folder/report.csv"
}
row() { printf '%s\t%s\t%s\t%s\n' "$1" "$2" "$round" "$3" >>"$rows"; }

# What wrk asks for: some page, or to keep an answer in the name of some visitor.
cat >"$folder/pages.lua" <<END
request = function() return wrk.format("GET", "/questions/" .. math.random(1, $PAGES)) end
END
cat >"$folder/answers.lua" <<END
local tokens = {}
for line in io.lines("$folder/visitors.csv") do
    local token = line:match("^%d+,[^,]*,([^,]*),")
    if token then tokens[#tokens + 1] = token end
end
local body = '{"body": "I had the same with a smaller file and found that the buffer is filled before anybody reads it."}'
request = function()
    local headers = { ["content-type"] = "application/json", ["authorization"] = "Bearer " .. tokens[math.random(#tokens)] }
    return wrk.format("POST", "/api/v1/questions/" .. math.random(1, $QUESTIONS) .. "/answers", headers, body)
end
END

has() { [[ " $PARTS " == *" $1 "* ]]; }
sized="$folder/forum.sqlite"
if has pages || has sizes; then filled "$sized" "$QUESTIONS"; fi
if has pages; then
    forum "$sized"
    uncached=("$server" "$address")
    forum "$sized" --cache "64MB 60s"
    cached=("$server" "$address")
    start "$PROGRAMS/examples/plain" "${uncached[1]}" "$PAGES"
    plain=("$server" "$address")
fi
if has writes; then
    for switch in on off; do
        filled "$folder/writes-$switch.sqlite" "$QUESTIONS"
        forum "$folder/writes-$switch.sqlite" --group-commit "$switch"
        eval "writes_$switch=($server $address)"
    done
fi
if has sizes && [ "$LARGE" -gt 0 ]; then
    large=${LARGE_DATABASE:-$folder/large.sqlite} # or one that was filled before
    [ -e "$large" ] || filled "$large" "$LARGE"
    forum "$sized"
    small_server=("$server" "$address")
    forum "$large"
    large_server=("$server" "$address")
fi

offset=$(awk '{ if ($3 > most) most = $3 } END { print most + 0 }' FS='\t' "$rows")
for round in $(seq $((offset + 1)) $((offset + ROUNDS))); do
    if has pages; then
        for who in plain cached uncached; do
            declare -n it=$who
            address=${it[1]}
            row pages "$who" "$(closed "${it[0]}" "$CONNECTIONS" "$folder/pages.lua")"
        done
    fi
    if has writes; then
        rm -rf "$folder/inserts" && mkdir "$folder/inserts"
        "$PROGRAMS/examples/inserts" "$folder/inserts" "$SECONDS_EACH" "$WRITERS" 1 | while IFS=$'\t' read -r kind how figures; do
            row "$kind" "$how" "$figures"
        done
        for switch in on off; do
            declare -n it=writes_$switch
            address=${it[1]}
            row http "$([ $switch = on ] && echo groups || echo "one by one")" "$(closed "${it[0]}" "$WRITERS" "$folder/answers.lua")"
        done
    fi
    if has sizes && [ "$LARGE" -gt 0 ]; then
        for who in small large; do
            declare -n it=${who}_server
            address=${it[1]}
            row sizes "$who" "$(paced "${it[0]}" "$([ $who = small ] && echo "$QUESTIONS" || echo "$LARGE")")"
        done
    fi
done

# The rows as one table: medians, and the least and the most of the rounds in brackets.
table() {
    awk -F'\t' -v large="$LARGE" -v rate="$RATE" '
    function middle(list, n, digits,    i, j, swap, it) {
        if (!n) return "-"
        for (i = 2; i <= n; i++) for (j = i; j > 1 && list[j] + 0 < list[j - 1] + 0; j--) { swap = list[j]; list[j] = list[j - 1]; list[j - 1] = swap }
        it = n % 2 ? list[(n + 1) / 2] : (list[n / 2] + list[n / 2 + 1]) / 2
        median = it
        return sprintf("%.*f (%.*f-%.*f)", digits, it, digits, list[1], digits, list[n])
    }
    # The middle of a column over the rounds, or of its ratio to that of another way.
    function of(part, way, column, digits, other,    round, n, list) {
        n = 0
        for (round = 1; round <= rounds; round++) {
            if (!((part, way, round, column) in value)) continue
            if (other == "") list[++n] = value[part, way, round, column]
            else if (value[part, other, round, column] > 0) list[++n] = value[part, way, round, column] / value[part, other, round, column]
        }
        return middle(list, n, digits)
    }
    # The same of a cost, where less is more.
    function saved(part, way, column, digits, other,    round, n, list) {
        n = 0
        for (round = 1; round <= rounds; round++) if (value[part, way, round, column] > 0) list[++n] = value[part, other, round, column] / value[part, way, round, column]
        return middle(list, n, digits)
    }
    function line(what, here, there, ratio, goal, met) { printf "%-44s %28s %28s %20s  %-10s %s\n", what, here, there, ratio, goal, met }
    function met(yes) { return yes ? "met" : "missed" }
    { for (i = 4; i <= NF; i++) value[$1, $2, $3, i] = $i; if ($3 > rounds) rounds = $3; has[$1] = 1 }
    END {
        line("", "measured", "beside", "ratio", "goal", "")
        if (has["pages"]) {
            split("cached uncached", ways, " "); split("0.8 0.4", goals, " ")
            for (w = 1; w <= 2; w++) {
                ratio = saved("pages", ways[w], 8, 3, "plain"); ok = median >= goals[w]
                line("page " ways[w] ", CPU us of a request", of("pages", ways[w], 8, 1), of("pages", "plain", 8, 1), ratio, ">= " goals[w], met(ok))
                ratio = of("pages", ways[w], 5, 3, "plain"); ok = median >= goals[w]
                line("page " ways[w] ", requests/s", of("pages", ways[w], 5, 0), of("pages", "plain", 5, 0), ratio, ">= " goals[w], met(ok))
            }
        }
        split("question answer comment vote", kinds, " ")
        for (k = 1; k <= 4; k++) if (has[kinds[k]]) {
            for (round = 1; round <= rounds; round++) for (w = 1; w <= 2; w++) {
                way = w == 1 ? "groups" : "one by one"
                if (value[kinds[k], way, round, 5] > 0) value[kinds[k], way, round, 9] = value[kinds[k], way, round, 4] / value[kinds[k], way, round, 5]
            }
            ratio = of(kinds[k], "groups", 9, 2, "one by one"); here = of(kinds[k], "groups", 9, 0); ok = median >= 10000
            line("store: " kinds[k] "s/s, groups, one by one", here, of(kinds[k], "one by one", 9, 0), ratio, ">= 10000/s", met(ok))
            line("  CPU us of a write", of(kinds[k], "groups", 6, 1), of(kinds[k], "one by one", 6, 1), of(kinds[k], "groups", 6, 2, "one by one"), "", "")
            line("  p99 ms", of(kinds[k], "groups", 7, 2), of(kinds[k], "one by one", 7, 2), of(kinds[k], "groups", 7, 2, "one by one"), "", "")
        }
        if (has["http"]) {
            line("HTTP: answers/s, groups, one by one", of("http", "groups", 5, 0), of("http", "one by one", 5, 0), of("http", "groups", 5, 2, "one by one"), "", "")
            line("  CPU us of a request", of("http", "groups", 8, 1), of("http", "one by one", 8, 1), of("http", "groups", 8, 2, "one by one"), "", "")
            line("  p99 ms", of("http", "groups", 7, 2), of("http", "one by one", 7, 2), of("http", "groups", 7, 2, "one by one"), "", "")
        }
        if (has["sizes"]) {
            ratio = of("sizes", "large", 7, 2, "small"); ok = median <= 1.5
            line("p99 ms of a page at " rate "/s, large, small", of("sizes", "large", 7, 3), of("sizes", "small", 7, 3), ratio, "<= 1.5", met(ok))
            line("  p50 ms", of("sizes", "large", 6, 3), of("sizes", "small", 6, 3), of("sizes", "large", 6, 2, "small"), "", "")
            line("  CPU us of a request", of("sizes", "large", 8, 1), of("sizes", "small", 8, 1), of("sizes", "large", 8, 2, "small"), "", "")
        }
    }' "$rows"
}

echo "$(date -u +%F) · $(sed -n 's/model name.*: //p' /proc/cpuinfo | head -1), $(nproc) cores · Linux $(uname -r) · $(uptime | sed 's/.*load average/load average/')"
echo "server on core 0, generator on core 1, loopback · profile $PROFILE · blocks of $SECONDS_EACH s, $ROUNDS rounds, interleaved · median (least-most)"
echo "pages: of $PAGES questions, over $CONNECTIONS connections; beside a handler that returns the same bytes · writes: $WRITERS at a time, synchronous=full on $(stat -f -c %T "$folder")"
[ "$LARGE" -eq 0 ] || echo "large: $LARGE questions, $(du -h --apparent-size "$large" 2>/dev/null | cut -f1); small: $QUESTIONS; any question as likely as any other"
echo
table
