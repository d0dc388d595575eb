# shellcheck shell=bash
# An authority of our own and one certificate per server. Clients check the name, so SAN holds what they connect to.

make_authority() {
    local state=$1
    mkdir -p "$state/tls"
    [[ -s $state/tls/ca.crt && -s $state/secrets/ca.key ]] && return
    (
        umask 077
        openssl ecparam -name prime256v1 -genkey -noout -out "$state/secrets/ca.key"
        openssl req -x509 -new -sha256 -days 3650 -key "$state/secrets/ca.key" -subj "/CN=Polyclinic local authority" \
            -addext "basicConstraints=critical,CA:TRUE,pathlen:0" -addext "keyUsage=critical,keyCertSign,cRLSign" \
            -out "$state/tls/ca.crt"
        chmod 0644 "$state/tls/ca.crt"
    )
}

# A certificate within 30 days of its end is replaced.
certificate_is_good() {
    [[ -s $2 ]] && openssl x509 -checkend 2592000 -noout -in "$2" >/dev/null 2>&1 &&
        openssl verify -CAfile "$1/tls/ca.crt" "$2" >/dev/null 2>&1
}

# make_certificate STATE NAME: NAME.crt and NAME.key in the server home, readable by the service user only.
make_certificate() {
    local state=$1 name=$2 home made
    home=$(server_home "$state")
    certificate_is_good "$state" "$home/tls/$name.crt" && return
    made=$(mktemp -d)
    (
        umask 077
        openssl ecparam -name prime256v1 -genkey -noout -out "$made/key"
        openssl req -new -sha256 -key "$made/key" -subj "/CN=$name" -out "$made/request"
        printf '%s\n' "subjectAltName=IP:127.0.0.1,DNS:localhost" "extendedKeyUsage=serverAuth" \
            "basicConstraints=critical,CA:FALSE" >"$made/extensions"
        openssl x509 -req -sha256 -days 825 -in "$made/request" -CA "$state/tls/ca.crt" -CAkey "$state/secrets/ca.key" \
            -set_serial "0x$(openssl rand -hex 16)" -extfile "$made/extensions" -out "$made/crt"
    )
    give_service "$made/key" "$home/tls/$name.key"
    give_service "$made/crt" "$home/tls/$name.crt"
    rm -rf "$made"
}
