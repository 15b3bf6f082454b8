data "google_project" "this" {
  project_id = var.project
}

locals {
  identities = { for name in ["web", "worker", "functions", "events"] : name => module.iam.emails[name] }
  members    = merge(local.identities, { build = "banneton-build@${var.shared_project}.iam.gserviceaccount.com" })
  artefacts  = "${var.shared_project}-artefacts"
  origin     = "https://${var.host}"
  secret_ids = {
    DATABASE_URL      = "banneton-database-url"
    DATABASE_CA       = "banneton-database-ca"
    REDIS_URL         = "banneton-redis-url"
    REDIS_CA          = "banneton-redis-ca"
    SLACK_WEBHOOK_URL = "banneton-slack-webhook-url"
    SMTP_URL          = "banneton-smtp-url"
  }
  secrets = {
    for name, id in local.secret_ids : name => { id = module.secrets.ids[id], version = var.secret_versions[name] }
  }
}

module "storage" {
  source      = "../../modules/storage"
  project     = var.project
  region      = var.region
  prefix      = var.project
  app_origins = [local.origin]
  members     = local.members
}

module "pubsub" {
  source         = "../../modules/pubsub"
  project        = var.project
  project_number = data.google_project.this.number
  region         = var.region
  publisher      = local.members.worker
}

module "functions" {
  source           = "../../modules/functions"
  project          = var.project
  region           = var.region
  network_name     = module.network.network
  connector_range  = var.connector_range
  members          = local.identities
  artefacts_bucket = local.artefacts
  functions_object = var.functions_object
  functions_sha256 = var.functions_sha256
  uploads_bucket   = module.storage.uploads_bucket
  storage_urls     = { uploads = module.storage.uploads_url, audit = module.storage.audit_url }
  secrets          = { for name in ["DATABASE_URL", "DATABASE_CA"] : name => local.secrets[name] }
  environment      = { PUBLIC_URL = local.origin, LOG_LEVEL = "info" }
  event_audience   = var.event_audience
}

module "worker_vm" {
  source           = "../../modules/worker-vm"
  project          = var.project
  region           = var.region
  zones            = [for zone in ["a", "b", "c"] : "${var.region}-${zone}"]
  network          = module.network.network
  subnetwork       = module.network.subnetwork
  service_account  = local.members.worker
  artefacts_bucket = local.artefacts
  worker_object    = var.worker_object
  worker_sha256    = var.worker_sha256
  secrets          = local.secrets
  metrics_ranges   = var.pod_ranges
  # UPLOAD_FINALIZED_URL is not among them: here storage calls that function itself.
  environment = {
    PUBLIC_URL           = local.origin
    LOG_LEVEL            = "info"
    GOOGLE_CLOUD_PROJECT = var.project
    PUBSUB_TOPIC         = module.pubsub.topic
    STORAGE_URL          = module.storage.uploads_url
    AUDIT_STORAGE_URL    = module.storage.audit_url
    AUDIT_EVENT_URL      = module.functions.urls["audit-event"]
    EXPORT_REPORT_URL    = module.functions.urls["export-report"]
    ALERT_EMAIL_TO       = var.alert_email
    ALERT_EMAIL_FROM     = "banneton@${var.host}"
  }
}

module "edge" {
  source        = "../../modules/edge"
  project       = var.project
  host          = var.host
  static_host   = var.static_host
  static_bucket = module.storage.static_bucket
}

module "monitoring" {
  source            = "../../modules/monitoring"
  project           = var.project
  host              = var.host
  alert_email       = var.alert_email
  slack_channel     = var.slack_channel
  runbooks_url      = var.runbooks_url
  functions         = keys(module.functions.urls)
  dead_subscription = module.pubsub.dead_subscription
}
