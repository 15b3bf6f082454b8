variable "project" {
  type        = string
  description = "Project id."
}

variable "region" {
  type        = string
  description = "Where the functions are; the bucket of uploads too."
}

variable "network_name" {
  type        = string
  description = "The network that the database is in."
}

variable "connector_range" {
  type        = string
  description = "A /28 of the network that nothing else uses."
  validation {
    condition     = endswith(var.connector_range, "/28")
    error_message = "A connector takes a /28."
  }
}

variable "members" {
  type        = object({ web = string, worker = string, functions = string, events = string })
  description = "E-mail addresses of the identities."
}

variable "artefacts_bucket" {
  type        = string
  description = "Where the bundle is."
}

variable "functions_object" {
  type        = string
  description = "The bundle, named by its hash; from release.auto.tfvars.json."
  validation {
    condition     = var.functions_object == "functions/${var.functions_sha256}.zip"
    error_message = "The object must be functions/<functions_sha256>.zip."
  }
}

variable "functions_sha256" {
  type        = string
  description = "The bundle's hash; from release.auto.tfvars.json."
  validation {
    condition     = can(regex("^[0-9a-f]{64}$", var.functions_sha256))
    error_message = "64 hexadecimal digits, in small letters."
  }
}

variable "uploads_bucket" {
  type        = string
  description = "Where uploads are finalized."
}

variable "storage_urls" {
  type        = object({ uploads = string, audit = string })
  description = "STORAGE_URL of the functions: the audit has a bucket of its own."
}

variable "secrets" {
  type        = map(object({ id = string, version = string }))
  description = "Secrets by the names that the functions know them by, each at a version."
  validation {
    condition     = contains(keys(var.secrets), "DATABASE_URL") && alltrue([for each in values(var.secrets) : can(regex("^[0-9]+$", each.version))])
    error_message = "DATABASE_URL is needed, and a version is a number."
  }
}

variable "environment" {
  type        = map(string)
  description = "The rest of the functions' environment; see .env.example."
  validation {
    condition     = alltrue([for name in keys(var.environment) : !can(regex("(SECRET|DATABASE_URL|REDIS_URL|SMTP_URL|WEBHOOK_URL|PASSWORD|TOKEN$)", name))])
    error_message = "What is secret comes by secrets."
  }
}

variable "event_audience" {
  type        = string
  description = "The audience of Eventarc's tokens if it is not the function's URL: that of the trigger's push subscription."
  default     = null
}
