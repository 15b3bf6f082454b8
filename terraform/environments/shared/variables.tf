variable "project_number" {
  type        = string
  description = "Number of that project."
}

variable "github" {
  type        = object({ repository = string, repository_id = string, owner_id = string })
  description = "The repository, and GitHub's numbers of it and of its owner."
}

variable "appliers" {
  type        = map(object({ project = string, environment = string }))
  description = "Environments, and GitHub's environment whose jobs may apply each."
}

variable "loadtest_project" {
  type        = string
  description = "The project that load tests may be sent to, filled in when it has the account banneton-loadtest; empty for none."
  default     = ""
}
