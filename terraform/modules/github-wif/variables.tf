variable "project" {
  type        = string
  description = "Project id of the pool."
}

variable "project_number" {
  type        = string
  description = "Number of that project."
}

variable "repository" {
  type        = string
  description = "owner/name, as GitHub writes it in subjects."
}

variable "repository_id" {
  type        = string
  description = "GitHub's number of the repository."
  validation {
    condition     = can(regex("^[0-9]+$", var.repository_id))
    error_message = "A number: a name can be taken by somebody else."
  }
}

variable "owner_id" {
  type        = string
  description = "GitHub's number of its owner."
  validation {
    condition     = can(regex("^[0-9]+$", var.owner_id))
    error_message = "A number: a name can be taken by somebody else."
  }
}

variable "subjects" {
  type        = map(object({ project = string, email = string, subject = string }))
  description = "Identities that change things, each with environment:NAME or ref:refs/heads/NAME."
  validation {
    condition     = alltrue([for each in values(var.subjects) : can(regex("^(environment:|ref:refs/heads/)[a-z-]+$", each.subject))])
    error_message = "A subject is an environment or a branch."
  }
}

variable "readers" {
  type        = map(object({ project = string, email = string }))
  description = "Identities that only read."
}
