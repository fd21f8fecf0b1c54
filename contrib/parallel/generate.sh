#!/bin/sh
# Certificates for a list, made by several processes under GNU parallel, which restarts none and keeps their output apart.
#
#     contrib/parallel/generate.sh LIST DIRECTORY SHARES [OPTION...] > made.jsonl
#
# Options go to 'xmppcert generate'; '--resume' makes what an earlier run left. To use other machines that see LIST and
# DIRECTORY under the same names, export PARALLEL='--sshlogin host1,host2'.
set -eu
list=$1 directory=$2 shares=$3
shift 3
seq 0 $((shares - 1)) |
    parallel --will-cite --line-buffer --halt never \
        xmppcert generate --json --from "$list" --out-dir "$directory" --shard "{}/$shares" "$@"
