# A deployment with every part in it, which the rules are tried on.
terraform {
  required_version = ">= 1.9"
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.50"
    }
  }
}

locals {
  region  = "europe-west3"
  members = { for n in ["web", "worker", "functions", "events", "build"] : n => "banneton-${n}@${var.project}.iam.gserviceaccount.com" }
  sha     = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
  secrets = { DATABASE_URL = { id = "banneton-database-url", version = "1" } }
}
variable "project" {
  type    = string
  default = "banneton-test"
}

provider "google" {}


module "storage" {
  source      = "../../modules/storage"
  project     = var.project
  region      = local.region
  prefix      = var.project
  app_origins = ["https://app.banneton.example"]
  members     = local.members
}

module "pubsub" {
  source         = "../../modules/pubsub"
  project        = var.project
  project_number = "123456789012"
  region         = local.region
  publisher      = local.members.worker
}

module "functions" {
  source           = "../../modules/functions"
  project          = var.project
  region           = local.region
  network_name     = "banneton"
  connector_range  = "10.8.0.0/28"
  members          = local.members
  artefacts_bucket = "banneton-shared-artefacts"
  functions_object = "functions/${local.sha}.zip"
  functions_sha256 = local.sha
  uploads_bucket   = module.storage.uploads_bucket
  storage_urls     = { uploads = module.storage.uploads_url, audit = module.storage.audit_url }
  secrets          = local.secrets
  environment      = { PUBLIC_URL = "https://app.banneton.example" }
}

module "worker" {
  source           = "../../modules/worker-vm"
  project          = var.project
  region           = local.region
  zones            = ["europe-west3-a", "europe-west3-b", "europe-west3-c"]
  network          = "n"
  subnetwork       = "s"
  service_account  = local.members.worker
  artefacts_bucket = "banneton-shared-artefacts"
  worker_object    = "worker/${local.sha}/banneton-worker"
  worker_sha256    = local.sha
  secrets          = local.secrets
  environment      = { PUBSUB_TOPIC = module.pubsub.topic, STORAGE_URL = module.storage.uploads_url, AUDIT_EVENT_URL = module.functions.urls["audit-event"] }
}

module "edge" {
  source        = "../../modules/edge"
  project       = var.project
  host          = "app.banneton.example"
  static_host   = "static.banneton.example"
  static_bucket = module.storage.static_bucket
}

module "monitoring" {
  source            = "../../modules/monitoring"
  project           = var.project
  host              = "app.banneton.example"
  alert_email       = "on-call@banneton.example"
  slack_channel     = "projects/banneton-test/notificationChannels/2"
  runbooks_url      = "https://git.example/docs/runbooks"
  functions         = keys(module.functions.urls)
  dead_subscription = module.pubsub.dead_subscription
}
