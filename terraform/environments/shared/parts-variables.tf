variable "project" {
  type        = string
  description = "Project id of what the environments share."
}

variable "region" {
  type        = string
  description = "Where everything is."
  default     = "europe-west3"
}

variable "environments" {
  type        = map(object({ project = string, number = string }))
  description = "The environments whose identities exist: Google refuses rights for those that do not, so this is filled in after their first apply."
  default     = {}
}
