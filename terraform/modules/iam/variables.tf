variable "project" {
  type        = string
  description = "Project id."
}

variable "processes" {
  type        = map(string)
  description = "Processes, and what each does."
}
