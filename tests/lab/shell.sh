# Read by the shell of python3 -m tests.lab, which stands in the machine room.
PS1='lab:\w\$ '
LAB_ASK=$(dirname "${BASH_SOURCE[0]}")/agents/lab-ask
lab_ask() { LAB_SOCKET=/run/share/socket "$LAB_ASK" "$@"; }
lab() {
    if [ "${1:-}" = on ]; then
        local machine=$2 pid
        shift 2
        pid=$(lab_ask pid "$machine") || return
        nsenter --target="$pid" --all -- "${@:-bash}"
    else
        lab_ask "${@:-help}"
    fi
}
