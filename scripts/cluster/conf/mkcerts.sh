#!/usr/bin/env bash
# mkcerts.sh DIR NODE NODEIP SVCIP: one CA, every key and kubeconfig of the cluster.
set -euo pipefail
D=$1 NODE=$2 NODEIP=$3 SVCIP=$4
mkdir -p "$D"; cd "$D"
key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1.key" 2>/dev/null; }
key ca
openssl req -x509 -new -key ca.key -subj /CN=test-cluster-ca -days 30 -out ca.crt \
  -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign,digitalSignature
cert() { # cert NAME SUBJECT EKU [SAN]
  key "$1"
  { echo "basicConstraints=CA:FALSE"; echo "keyUsage=digitalSignature,keyEncipherment"; echo "extendedKeyUsage=$3"
    [ -z "${4:-}" ] || echo "subjectAltName=$4"; } > "$1.ext"
  openssl req -new -key "$1.key" -subj "$2" | \
    openssl x509 -req -CA ca.crt -CAkey ca.key -CAcreateserial -days 30 -extfile "$1.ext" -out "$1.crt" 2>/dev/null
}
cert etcd /CN=etcd serverAuth,clientAuth IP:127.0.0.1
cert apiserver-etcd /CN=apiserver-etcd clientAuth
cert apiserver /CN=kube-apiserver serverAuth "DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:localhost,IP:127.0.0.1,IP:$NODEIP,IP:$SVCIP"
cert apiserver-kubelet /O=system:masters/CN=kube-apiserver-kubelet-client clientAuth
cert kubelet-serving /O=system:nodes/CN=system:node:$NODE serverAuth "DNS:$NODE,IP:$NODEIP,IP:127.0.0.1"
cert admin /O=system:masters/CN=admin clientAuth
cert kubelet /O=system:nodes/CN=system:node:$NODE clientAuth
cert controller-manager /CN=system:kube-controller-manager clientAuth
cert scheduler /CN=system:kube-scheduler clientAuth
cert proxy /CN=system:kube-proxy clientAuth
cert netpol /CN=netpol clientAuth
cert dns /CN=dns clientAuth
cert front-proxy /CN=front-proxy-client clientAuth
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out sa.key 2>/dev/null
openssl pkey -in sa.key -pubout -out sa.pub
for u in admin kubelet controller-manager scheduler proxy netpol dns; do cat > $u.kubeconfig <<K
apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "https://$NODEIP:6443", certificate-authority-data: $(base64 -w0 ca.crt)}}]
users: [{name: u, user: {client-certificate-data: $(base64 -w0 $u.crt), client-key-data: $(base64 -w0 $u.key)}}]
contexts: [{name: x, context: {cluster: c, user: u}}]
current-context: x
K
done
chmod 600 *.key *.kubeconfig
