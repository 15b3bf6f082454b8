# What whoever runs it changes. An image of zeros is none: nothing was released yet.
project = "banneton-shop-prod"
host    = "app.shop.banneton.example"
image   = "europe-west3-docker.pkg.dev/banneton-shared/banneton/web@sha256:0000000000000000000000000000000000000000000000000000000000000000"
ranges = {
  machines        = "10.30.0.0/20"
  pods            = "10.30.64.0/18"
  services        = "10.30.48.0/20"
  google_services = "10.30.128.0/20"
}
secret_versions = {
  DATABASE_URL         = "1"
  DATABASE_CA          = "1"
  MIGRATE_DATABASE_URL = "1"
  AUTH_SECRET          = "1"
  SMTP_URL             = "1"
  GOOGLE_CLIENT_SECRET = "1"
}
