variable "project" {
  type        = string
  description = "Project id."
}

variable "region" {
  type        = string
  description = "Where the machine is."
}

variable "zones" {
  type        = list(string)
  description = "Zones of the region that it may be in."
  validation {
    condition     = length(var.zones) >= 2
    error_message = "Two zones at least: one may be lost."
  }
}

variable "network" {
  type        = string
  description = "The network, for its firewall."
}

variable "subnetwork" {
  type        = string
  description = "The subnetwork, with private access to Google's services."
}

variable "machine_type" {
  type        = string
  description = "Two shared cores and 2 GB do for a dozen shops."
  default     = "e2-small"
}

variable "image" {
  type        = string
  description = "An image with cloud-init, systemd 250 or newer and curl."
  default     = "projects/ubuntu-os-cloud/global/images/family/ubuntu-2404-lts-amd64"
}

variable "service_account" {
  type        = string
  description = "E-mail address of the worker's identity."
}

variable "artefacts_bucket" {
  type        = string
  description = "Where the binary is."
}

variable "worker_object" {
  type        = string
  description = "The binary's object, named by its hash; from release.auto.tfvars.json."
  validation {
    condition     = var.worker_object == "worker/${var.worker_sha256}/banneton-worker"
    error_message = "The object must be worker/<worker_sha256>/banneton-worker."
  }
}

variable "worker_sha256" {
  type        = string
  description = "What the machine checks before it installs; from release.auto.tfvars.json."
  validation {
    condition     = can(regex("^[0-9a-f]{64}$", var.worker_sha256))
    error_message = "64 hexadecimal digits, in small letters."
  }
}

variable "secrets" {
  type        = map(object({ id = string, version = string }))
  description = "Secrets by the names that the worker knows them by, each at a version."
  validation {
    condition     = contains(keys(var.secrets), "DATABASE_URL")
    error_message = "DATABASE_URL is needed."
  }
  validation {
    condition     = alltrue([for each in values(var.secrets) : can(regex("^[0-9]+$", each.version))])
    error_message = "A version is a number: a rotation is a commit, and not a surprise."
  }
}

variable "environment" {
  type        = map(string)
  description = "The rest of the worker's environment; see .env.example."
  validation {
    condition     = alltrue([for name in keys(var.environment) : !can(regex("(SECRET|DATABASE_URL|REDIS_URL|SMTP_URL|WEBHOOK_URL|PASSWORD|TOKEN)", name))])
    error_message = "What is secret comes by secrets: the environment is metadata, which can be read."
  }
}

variable "metrics_ranges" {
  type        = list(string)
  description = "Addresses that may read /metrics: the cluster's pods."
  default     = []
}
