variable "project" {
  type        = string
  description = "Project id."
}

variable "region" {
  type        = string
  description = "Where the subnetwork is."
}

variable "name" {
  type        = string
  description = "Of the network and what belongs to it."
}

variable "ranges" {
  type        = object({ machines = string, pods = string, services = string, google_services = string })
  description = "Addresses of machines, pods, Kubernetes services, and of Google's services for us."
  validation {
    condition     = alltrue([for range in values(var.ranges) : can(cidrhost(range, 0))])
    error_message = "Each range is a network in CIDR notation."
  }
}
