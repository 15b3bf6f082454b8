# What whoever runs it changes: docs/first-deploy.md says when and how.
project         = "banneton-dev"
shared_project  = "banneton-shared"
host            = "app.dev.banneton.example"
static_host     = "static.dev.banneton.example"
pod_ranges      = ["10.10.64.0/18"]
connector_range = "10.10.32.0/28"
alert_email     = "on-call@banneton.example"
slack_channel   = "projects/banneton-dev/notificationChannels/to-be-connected"
runbooks_url    = "https://git.banneton.example/docs/runbooks"
secret_versions = {
  DATABASE_URL      = "1"
  DATABASE_CA       = "1"
  REDIS_URL         = "1"
  REDIS_CA          = "1"
  SLACK_WEBHOOK_URL = "1"
  SMTP_URL          = "1"
}
