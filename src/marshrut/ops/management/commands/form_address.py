"""Print the path of one public form, for the launcher to show."""

from django.core.management.base import BaseCommand

from marshrut.channels.models import Form


class Command(BaseCommand):
    help = "Print the path of the first public form."

    def handle(self, *args: object, **options: object) -> None:
        form = Form.objects.filter(is_active=True).order_by("id").first()
        if form is not None:
            self.stdout.write(f"/f/{form.key}")
