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
    banneton-database-url         = [for process in ["web", "worker", "migrate"] : module.iam.emails[process]]
    banneton-migrate-database-url = [module.iam.emails["migrate"]]
    banneton-auth-secret          = [module.iam.emails["web"]]
    banneton-smtp-url             = [module.iam.emails["web"], module.iam.emails["worker"]]
  }
}
