"""The licensing service: who has which licence until when, and changes of licences at the CCP."""
