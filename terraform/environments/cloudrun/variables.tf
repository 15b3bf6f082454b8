variable "project" {
  type        = string
  description = "Project id of the shop."
}

variable "region" {
  type        = string
  description = "Where everything is."
  default     = "europe-west3"
}

variable "host" {
  type        = string
  description = "Where people reach the app."
}

variable "ranges" {
  type        = object({ machines = string, pods = string, services = string, google_services = string })
  description = "Addresses of the network; pods and services stay empty here."
}

variable "image" {
  type        = string
  description = "The image, by its digest."
  validation {
    condition     = can(regex("@sha256:[0-9a-f]{64}$", var.image))
    error_message = "The image is named by its digest: a tag can be moved."
  }
}

variable "google_client_id" {
  type        = string
  description = "OAuth client of signing in with Google; empty where people use passwords alone."
  default     = ""
}

variable "secret_versions" {
  type        = map(string)
  description = "Version of each secret, by the name that the app knows it by."
  validation {
    condition     = alltrue([for version in values(var.secret_versions) : can(regex("^[0-9]+$", version))])
    error_message = "A version is a number: the latest changes without a release."
  }
}
