ranges = {
  machines        = "10.10.0.0/20"
  pods            = "10.10.64.0/18"
  services        = "10.10.48.0/20"
  google_services = "10.10.128.0/20"
}
# Ours, and the registries of what docs/first-deploy.md installs: compare them with the manifests you apply.
# Where an image is from is looked at here; that ours is signed is looked at before a promotion.
image_patterns = [
  "europe-west3-docker.pkg.dev/banneton-shared/banneton/*",
  "quay.io/argoproj/*",
  "quay.io/prometheus/*",
  "ghcr.io/dexidp/*",
  "ghcr.io/external-secrets/*",
  "registry.k8s.io/kube-state-metrics/*",
  "docker.io/grafana/*",
  "docker.io/library/redis*",
]
