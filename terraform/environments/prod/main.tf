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
    nodes     = "Kubernetes' machines: pull images, write logs."

    alertmanager = "Reads what alerts are sent with, on Kubernetes."
    grafana      = "Reads the password of Grafana's people, on Kubernetes."
    prometheus   = "Finds the workers' machines, on Kubernetes."
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
  is_prod        = true
  network        = module.network.network
  subnetwork     = module.network.subnetwork
  node_email     = module.iam.emails["nodes"]
  image_patterns = var.image_patterns
  workloads = {
    for name, account in {
      web          = "banneton/web"
      migrate      = "banneton/migrate"
      alertmanager = "monitoring/alertmanager"
      grafana      = "monitoring/grafana"
      prometheus   = "monitoring/prometheus"
    } : name => { account = account, email = module.iam.emails[name] }
  }
}

module "cloudsql" {
  source              = "../../modules/cloudsql"
  project             = var.project
  region              = var.region
  name                = "banneton"
  is_prod             = true
  tier                = "db-custom-4-16384"
  private_network     = module.network.private_network
  has_reports_replica = true
}

module "redis" {
  source          = "../../modules/redis"
  project         = var.project
  region          = var.region
  name            = "banneton"
  memory_gb       = 5
  private_network = module.network.private_network
}

# Each reads as itself, on Kubernetes through the store of its name: what web may not read, its store cannot
# give.
module "secrets" {
  source  = "../../modules/secrets"
  project = var.project
  region  = var.region
  accessors = {
    for id, processes in {
      banneton-database-url               = ["web", "migrate", "worker", "functions"]
      banneton-database-ca                = ["web", "migrate", "worker", "functions"]
      banneton-database-report-url        = ["web"]
      banneton-database-report-ca         = ["web"]
      banneton-migrate-database-url       = ["migrate"]
      banneton-auth-secret                = ["web"]
      banneton-redis-url                  = ["web", "worker"]
      banneton-redis-ca                   = ["web", "worker"]
      banneton-google-client-secret       = ["web"]
      banneton-slack-webhook-url          = ["worker", "alertmanager"]
      banneton-smtp-url                   = ["worker"]
      banneton-alertmanager-smtp-password = ["alertmanager"]
      banneton-grafana-admin-password     = ["grafana"]
    } : id => [for process in processes : module.iam.emails[process]]
  }
  planner = "banneton-plan@${var.project}.iam.gserviceaccount.com"
  certificates = {
    banneton-database-ca = module.cloudsql.ca
    banneton-redis-ca    = module.redis.ca
    # Without the replica this line goes, and its secret's above.
    banneton-database-report-ca = module.cloudsql.reports_ca
  }
}

# Where the workers' machines are, which come and go.
resource "google_project_iam_member" "prometheus" {
  project = var.project
  role    = "roles/compute.viewer"
  member  = "serviceAccount:${module.iam.emails["prometheus"]}"
}
