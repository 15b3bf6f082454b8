ranges = {
  machines        = "10.20.0.0/20"
  pods            = "10.20.64.0/18"
  services        = "10.20.48.0/20"
  google_services = "10.20.128.0/20"
}
image_patterns = ["europe-west3-docker.pkg.dev/banneton-shared/banneton/*"]
