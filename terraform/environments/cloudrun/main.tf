# One small shop: the same image, without a cluster, a cache or a machine of its own.
module "iam" {
  source  = "../../modules/iam"
  project = var.project
  processes = {
    web     = "Serves the API and pages."
    worker  = "Runs jobs and schedules."
    migrate = "Changes the database's tables before a release."
  }
}

module "network" {
  source  = "../../modules/network"
  project = var.project
  region  = var.region
  name    = "banneton"
  ranges  = var.ranges
}

# It is a shop's only copy of its books: protected like prod, on a small machine.
module "cloudsql" {
  source          = "../../modules/cloudsql"
  project         = var.project
  region          = var.region
  name            = "banneton"
  is_prod         = true
  tier            = "db-custom-1-3840"
  private_network = module.network.private_network
}

module "secrets" {
  source  = "../../modules/secrets"
  project = var.project
  region  = var.region
  accessors = {
    banneton-database-url         = [for name in ["web", "worker", "migrate"] : module.iam.emails[name]]
    banneton-database-ca          = [for name in ["web", "worker", "migrate"] : module.iam.emails[name]]
    banneton-migrate-database-url = [module.iam.emails["migrate"]]
    banneton-auth-secret          = [module.iam.emails["web"]]
    banneton-smtp-url             = [module.iam.emails["web"], module.iam.emails["worker"]]
    banneton-google-client-secret = [module.iam.emails["web"]]
  }
  certificates = { banneton-database-ca = module.cloudsql.ca }
}

# Exports, pictures, and the audit's copies beside them.
resource "google_storage_bucket" "files" {
  project                     = var.project
  name                        = "${var.project}-files"
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = false
  versioning {
    enabled = true
  }
  lifecycle_rule {
    condition {
      with_state                 = "ARCHIVED"
      days_since_noncurrent_time = 30
    }
    action {
      type = "Delete"
    }
  }
  lifecycle {
    prevent_destroy = true
  }
}

resource "google_storage_bucket_iam_member" "files" {
  for_each = toset(["web", "worker"])
  bucket   = google_storage_bucket.files.name
  role     = "roles/storage.objectUser"
  member   = "serviceAccount:${module.iam.emails[each.key]}"
}

# Each signs links to files as itself.
resource "google_service_account_iam_member" "signs" {
  for_each           = toset(["web", "worker"])
  service_account_id = "projects/${var.project}/serviceAccounts/${module.iam.emails[each.key]}"
  role               = "roles/iam.serviceAccountTokenCreator"
  member             = "serviceAccount:${module.iam.emails[each.key]}"
}
