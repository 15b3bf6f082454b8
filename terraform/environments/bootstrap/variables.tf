variable "project" {
  type        = string
  description = "Project id that the provider falls back to: the shared one."
}

variable "region" {
  type        = string
  description = "Where state is kept."
  default     = "europe-west3"
}

variable "projects" {
  type        = map(string)
  description = "Projects by environment."
}

variable "services" {
  type        = list(string)
  description = "Google's interfaces that are used."
  default = [
    "artifactregistry", "binaryauthorization", "certificatemanager", "cloudbuild", "cloudfunctions", "cloudresourcemanager", "compute", "container", "eventarc",
    "iam", "iamcredentials", "logging", "monitoring", "osconfig", "pubsub", "redis", "run", "secretmanager", "servicenetworking",
    "sqladmin", "storage", "sts", "vpcaccess",
  ]
}

variable "plan_roles" {
  type        = list(string)
  description = "What reading needs: never the primitive viewer, which reads secrets' neighbours and buckets' objects."
  default = [
    "roles/browser", "roles/compute.viewer", "roles/container.clusterViewer", "roles/cloudsql.viewer", "roles/redis.viewer",
    "roles/secretmanager.viewer", "roles/pubsub.viewer", "roles/cloudfunctions.viewer", "roles/monitoring.viewer",
    "roles/iam.securityReviewer", "roles/artifactregistry.reader",
  ]
}

variable "apply_roles" {
  type        = list(string)
  description = "What each part needs: never owner or editor."
  default = [
    "roles/artifactregistry.admin", "roles/binaryauthorization.policyEditor", "roles/certificatemanager.owner",
    "roles/cloudfunctions.admin", "roles/osconfig.osPolicyAssignmentAdmin",
    "roles/cloudsql.admin", "roles/compute.admin", "roles/container.admin", "roles/eventarc.admin",
    "roles/iam.serviceAccountAdmin", "roles/iam.serviceAccountUser", "roles/iam.workloadIdentityPoolAdmin",
    "roles/logging.configWriter", "roles/monitoring.admin", "roles/pubsub.admin", "roles/redis.admin",
    "roles/resourcemanager.projectIamAdmin", "roles/run.admin", "roles/secretmanager.admin",
    "roles/servicenetworking.networksAdmin", "roles/storage.admin", "roles/vpcaccess.admin",
  ]
}
