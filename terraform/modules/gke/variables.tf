variable "project" {
  type        = string
  description = "Project id."
}

variable "region" {
  type        = string
  description = "Where the cluster is."
}

variable "name" {
  type        = string
  description = "Of the cluster."
}

variable "is_prod" {
  type        = bool
  description = "Whether unsigned images are refused, and deleting too."
}

variable "network" {
  type        = string
  description = "Name of the network."
}

variable "subnetwork" {
  type        = string
  description = "Name of the subnetwork with ranges for pods and services."
}

variable "image_patterns" {
  type        = list(string)
  description = "Images that may run."
  validation {
    condition     = alltrue([for pattern in var.image_patterns : !startswith(pattern, "*")])
    error_message = "A pattern names its registry."
  }
}

variable "workloads" {
  type        = map(object({ account = string, email = string }))
  description = "Accounts of Kubernetes, as namespace/name, and the identity each acts as."
}

variable "node_email" {
  type        = string
  description = "Identity of the nodes."
}
