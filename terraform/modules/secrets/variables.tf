variable "project" {
  type        = string
  description = "Project id."
}

variable "region" {
  type        = string
  description = "Where the values are kept."
}

variable "accessors" {
  type        = map(list(string))
  description = "Ids of secrets, and e-mails of the identities that read each."
}
