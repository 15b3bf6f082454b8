ranges = {
  machines        = "10.10.0.0/20"
  pods            = "10.10.64.0/18"
  services        = "10.10.48.0/20"
  google_services = "10.10.128.0/20"
}
image_patterns = ["europe-west3-docker.pkg.dev/banneton-shared/banneton/*"]
