# What everything else stands on; parts.tf has what runs on it.
module "iam" {
  source  = "../../modules/iam"
  project = var.project
  processes = {
    web       = "Serves the API and pages, on Kubernetes."
    migrate   = "Changes the database's tables before a release, on Kubernetes."
    worker    = "Runs jobs and schedules, on its machine."
    functions = "What the three functions act as."
    events    = "Carries an upload's event to its function."
    loadtest  = "Sends traffic to dev when asked to."
    secrets   = "Reads secrets for the web and the migration, on Kubernetes."
    nodes     = "Kubernetes' machines: pull images, write logs."
  }
}

module "network" {
  source  = "../../modules/network"
  project = var.project
  region  = var.region
  name    = "banneton"
  ranges  = var.ranges
}

module "gke" {
  source         = "../../modules/gke"
  project        = var.project
  region         = var.region
  name           = "banneton"
  is_prod        = false
  network        = module.network.network
  subnetwork     = module.network.subnetwork
  node_email     = module.iam.emails["nodes"]
  image_patterns = var.image_patterns
  workloads = {
    for name, account in {
      web      = "banneton/web"
      migrate  = "banneton/migrate"
      loadtest = "banneton/loadtest"
      secrets  = "banneton/secrets"
    } : name => { account = account, email = module.iam.emails[name] }
  }
}

module "cloudsql" {
  source              = "../../modules/cloudsql"
  project             = var.project
  region              = var.region
  name                = "banneton"
  is_prod             = false
  tier                = "db-custom-1-3840"
  private_network     = module.network.private_network
  has_reports_replica = false
}

module "redis" {
  source          = "../../modules/redis"
  project         = var.project
  region          = var.region
  name            = "banneton"
  memory_gb       = 1
  private_network = module.network.private_network
}

# Kubernetes' secrets are read by an identity of their own, so that a pod of the web's reads none by itself.
module "secrets" {
  source  = "../../modules/secrets"
  project = var.project
  region  = var.region
  accessors = {
    for id, processes in {
      banneton-database-url         = ["secrets", "worker", "functions"]
      banneton-migrate-database-url = ["secrets"]
      banneton-auth-secret          = ["secrets"]
      banneton-redis-url            = ["secrets", "worker"]
      banneton-google-client-secret = ["secrets"]
      banneton-slack-webhook-url    = ["secrets", "worker"]
      banneton-smtp-url             = ["secrets", "worker"]
    } : id => [for process in processes : module.iam.emails[process]]
  }
}
